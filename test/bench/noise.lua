-- A script for wrk: each connection pauses before each request, PAUSE milliseconds on average and at random, so that they never march in step.
-- wrk … -s noise.lua URL -- PAUSE PATH FIRST, with the number of the request from FIRST on where PATH has a %x.
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
