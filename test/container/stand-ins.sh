# Images with the names that docker/ uses, made of Debian's packages. Run by check.sh beside an engine.
set -euo pipefail

docker image inspect node:24-bookworm-slim >/dev/null 2>&1 || tar -C "$WORK/base" -c . |
  docker import -c 'ENTRYPOINT ["docker-entrypoint.sh"]' -c 'CMD ["node"]' - node:24-bookworm-slim >/dev/null

# image NAME PACKAGES: standard input has further lines of its Dockerfile.
image() {
  local name=$1; shift
  {
    echo 'FROM node:24-bookworm-slim'
    echo "RUN apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $* >/dev/null"
    cat
  } | docker build --quiet --network host -t "$name" - >/dev/null
}

image redis:7-alpine redis-server <<'DOCKERFILE'
RUN printf '#!/bin/sh\nexec /usr/bin/redis-server "$@" --protected-mode no\n' > /usr/local/bin/redis-server && chmod 755 /usr/local/bin/redis-server
ENTRYPOINT []
DOCKERFILE

image nginx:1.28-alpine nginx-light wget <<'DOCKERFILE'
RUN useradd --system nginx
DOCKERFILE

image postgres:17-alpine postgresql <<'DOCKERFILE'
ENV PGDATA=/var/lib/postgresql/data PATH=/usr/lib/postgresql/15/bin:$PATH
# Modes as in the image that this stands in for.
RUN install --directory --owner=postgres --mode=1777 $PGDATA && chmod 3777 /var/run/postgresql && printf '%s\n' '#!/bin/sh' 'set -e' \
  'if [ ! -e "$PGDATA/PG_VERSION" ]; then' \
  '  initdb -U "$POSTGRES_USER" -A scram-sha-256 --pwfile="$POSTGRES_PASSWORD_FILE" >/dev/null' \
  '  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"' \
  '  printf "CREATE DATABASE \"%s\";\n" "$POSTGRES_USER" | postgres --single postgres >/dev/null' \
  'fi' 'exec postgres -c "listen_addresses=*"' > /usr/local/bin/entry && chmod 755 /usr/local/bin/entry
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["entry"]
DOCKERFILE

image prom/prometheus:v3.5.0 prometheus wget <<'DOCKERFILE'
ENTRYPOINT ["/usr/bin/prometheus"]
DOCKERFILE
