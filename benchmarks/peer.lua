-- Posts comments to Isso, whose clients send JSON.
local text = dofile("benchmarks/words.lua")

function request()
  local headers = {
    ["Content-Type"] = "application/json",
    ["Origin"] = "http://" .. wrk.headers["Host"],
  }
  local body = '{"title": "Benchmark", "text": "' .. text(" ") .. '"}'
  return wrk.format("POST", nil, headers, body)
end

-- What is refused is said, a line each, on the standard error.
function response(status)
  if status ~= 201 then io.stderr:write(status, "\n") end
end
