-- A script for wrk: asks in turn for COUNT things, whose number stands where PATH or TENANT has a % directive.
-- wrk … -s rotate.lua URL -- COUNT PATH TENANT

local count, path, tenant
local number = 0

function init(args)
  count, path, tenant = tonumber(args[1]), args[2], args[3]
end

function request()
  number = (number + 1) % count
  wrk.headers['X-Tenant-Id'] = tenant:format(number)
  return wrk.format('GET', path:format(number))
end
