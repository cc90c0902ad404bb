-- A script for wrk: each connection pauses before each request, PAUSE milliseconds on average, at random, so that connections do not synchronise.
-- wrk … -s noise.lua URL -- PAUSE PATH FIRST; a %x in PATH is replaced by the number of the request, counted from FIRST.
local pause, path, number

function init(args)
  pause, path, number = tonumber(args[1]), args[2], tonumber(args[3])
end

function delay()
  return math.random(0, 2 * pause)
end

function request()
  number = number + 1
  return wrk.format('GET', path:format(number))
end
