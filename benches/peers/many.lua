-- Requests of several kinds in turn. (No HEAD: wrk would wait for a body.)

local kinds = {}
local turn = 0

function init()
  kinds = {
    wrk.format("GET", "/"),
    wrk.format("GET", "/stream"),
    wrk.format("POST", "/body", nil, string.rep("x", 1000)),
    wrk.format("GET", "/many?name=value", { ["Cookie"] = string.rep("y", 500) }),
    wrk.format("GET", "/empty"),
  }
end

function request()
  turn = turn % #kinds + 1
  return kinds[turn]
end
