"""A region as a DCAT-AP dataset series in JSON-LD, for national open-data portals to harvest."""

from __future__ import annotations

from typing import Any

from api.editions import Editions

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "adms": "http://www.w3.org/ns/adms#",
    "locn": "http://www.w3.org/ns/locn#",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "spdx": "http://spdx.org/rdf/terms#",
}
THEME = "http://publications.europa.eu/resource/authority/data-theme/ENVI"
PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
IANA = "https://www.iana.org/assignments/media-types/"
SPDX = "https://spdx.org/licenses/"


def dataset(editions: Editions, region: str, base: str) -> dict[str, Any]:
    """The current edition of ``region`` with a distribution for every data file; ``base`` is the service's address."""
    edition = editions.get(region, editions.current_id(region))
    manifest = edition.manifest
    west, south, east, north = manifest.bounds
    box = f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
    files = f"{base}files/{region}/{edition.id}/"
    return {
        "@context": CONTEXT,
        "@id": f"{base}regions/{region}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{region}/{edition.id}",
        "dct:title": {"@value": f"Pollution hotspots: {manifest.title}", "@language": "en"},
        "dct:description": {
            "@value": f"{manifest.policy.statement} {manifest.policy.disclaimer}",
            "@language": "en",
        },
        "dct:issued": {"@value": manifest.created.isoformat(), "@type": "xsd:dateTime"},
        "dcat:version": edition.id,
        "dcat:theme": {"@id": THEME},
        "dcat:keyword": ["pollution", "hotspots", "exposure", "emissions", manifest.title],
        "dct:accessRights": {"@id": PUBLIC},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": manifest.policy.publisher},
        "dct:spatial": {
            "@type": "dct:Location",
            "dcat:bbox": {"@value": box, "@type": "geosparql:wktLiteral"},
        },
        "dcat:landingPage": {"@id": f"{base}map?region={region}"},
        "dct:source": sorted({file.citation for file in manifest.inputs}),
        "dcat:distribution": [
            {
                "@id": files + file.path,
                "@type": "dcat:Distribution",
                "dct:title": f"{file.title} ({file.path.rpartition('.')[2]})",
                "dcat:downloadURL": {"@id": files + file.path},
                "dcat:accessURL": {"@id": f"{base}regions/{region}/editions/{edition.id}"},
                "dcat:mediaType": {"@id": IANA + file.media_type.partition(";")[0]},
                "dcat:byteSize": file.size_bytes,
                "dct:license": {"@id": SPDX + manifest.policy.licence},
                "spdx:checksum": {
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": file.sha256,
                },
            }
            for file in manifest.files
            if file.role == "data" and file.layer is not None
        ],
    }
