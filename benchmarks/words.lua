-- Something to say: forty words, with `between` between them.
local words = { "harbour", "council", "bridge", "market", "flood", "clock", "school",
  "winter", "budget", "teacher", "railway", "garden", "letter", "window", "doctor" }

math.randomseed(os.time())

return function(between)
  local said = {}
  for n = 1, 40 do said[n] = words[math.random(#words)] .. math.random(1000) end
  return table.concat(said, between)
end
