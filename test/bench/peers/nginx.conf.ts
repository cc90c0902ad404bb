import { userInfo } from 'node:os';

/** nginx as a caching proxy with one worker. It does not authorise, mask, limit, count per tenant, or trace. */
export function nginxConfiguration(directory: string, port: number, upstream: string): string {
  // `user` matters to root only, whose worker would run as another user and could not write to the directory.
  return `
user ${userInfo().username};
worker_processes 1;
daemon off;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  proxy_cache_path ${directory}/cache keys_zone=bench:10m;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${upstream};
      proxy_cache bench;
      proxy_cache_valid 200 1h;
      proxy_ignore_headers Cache-Control Vary;
    }
  }
}
`;
}
