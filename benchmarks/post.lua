-- Posts replies as so many signed-in writers: WRITERS is a file with a line for each,
-- the cookies and the token parted by a tab.
local writers, count = {}, 0
for line in io.lines(os.getenv("WRITERS")) do
  writers[#writers + 1] = { line:match("^(.-)\t(.-)$") }
end
local text = dofile("benchmarks/words.lua")

function request()
  count = count + 1
  local cookies, token = unpack(writers[count % #writers + 1])
  return wrk.format("POST", nil, {
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Cookie"] = cookies,
    ["Origin"] = "http://" .. wrk.headers["Host"],
    ["Sec-Fetch-Site"] = "same-origin",
    ["X-Forwarded-For"] = "10." .. math.random(255) .. "." .. math.random(255) .. ".1",
  }, "csrfmiddlewaretoken=" .. token .. "&comment=" .. text("+"))
end

-- What is refused is said, a line each, on the standard error.
function response(status)
  if status ~= 302 then io.stderr:write(status, "\n") end
end
