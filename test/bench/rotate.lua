-- A script for wrk: requests COUNT resources in rotation; a % directive in PATH or TENANT is replaced by the number of the resource.
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
