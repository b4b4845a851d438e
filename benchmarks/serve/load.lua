-- Asks for the requests of a file in turn, one a line: method, path and body between tabs. Says what came as JSON.
local headers = { ["Accept-Encoding"] = "gzip", ["Content-Type"] = "application/json" }
local asked, turn = {}, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        local method, path, body = line:match("^(%u+)\t([^\t]+)\t(.*)$")
        asked[#asked + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
    end
end

function request()
    turn = turn % #asked + 1
    return asked[turn]
end

function done(summary, latency)
    local wrong = summary.errors
    io.write(string.format(
        '{"requests": %d, "seconds": %.6f, "bytes": %d, "p50_ms": %.3f, "p99_ms": %.3f, "failed": %d}\n',
        summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3,
        latency:percentile(99) / 1e3, wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout))
end
