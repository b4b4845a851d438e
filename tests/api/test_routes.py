def test_page(client):
    r = client.get("/map")
    assert r.status_code == 200, r.text
