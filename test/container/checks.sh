# The checks of the image and of compose.yaml. Run by check.sh beside an engine whose network has no way out.
# Without pipefail: grep -q ends before the program whose output it reads.
set -u

readonly IMAGE=stagedoor:development API=http://localhost:3000 KEY='X-API-Key: sd_development-only-acme-app'
readonly MAX_START_MS=1000 MAX_IDLE_MIB=120 MAX_ADDED_MB=60
readonly BREAKING="const crypto = require('node:crypto'); const { hash } = crypto;
crypto.hash = (name, text, ...rest) => { if (String(text).includes('broken')) throw new Error('on purpose'); return hash(name, text, ...rest); };
require('/app/dist/main.js');"
passed=0 failed=0

# check TITLE COMMAND…; what the command printed is shown if it fails.
check() {
  local output title=$1; shift
  if output=$("$@" 2>&1); then passed=$((passed + 1)); echo "ok    $title"
  else failed=$((failed + 1)); echo "FAIL  $title"; printf '%s\n' "$output" | tail -5 | sed 's/^/      /'; fi
}
compose() { docker compose -f "$WORK/repository/docker/compose.yaml" "$@"; }
replicas() { compose ps -q stagedoor; }
# each COMMAND: for both replicas; fails without them.
each() { local one count=0; for one in $(replicas); do "$1" "$one" || return; count=$((count + 1)); done; [ $count = 2 ]; }
get() { curl -sf -m 10 -H "$KEY" "$@"; }
one_off() { docker run --rm --network none --read-only --cap-drop ALL "$@"; }
program() { compose run --rm --no-deps -T stagedoor stagedoor "$@"; }
# until_true COMMAND…: at most 30 s.
until_true() { for _ in $(seq 60); do "$@" && return; sleep 0.5; done; return 1; }

# From the start of the container to the line that says it listens, in milliseconds.
start_ms() {
  local id from to
  id=$(docker run -d --network none --read-only --cap-drop ALL --tmpfs /tmp -e NODE_ENV=development -e LOG_FORMAT=json -e SANDBOX_PORT=0 $IMAGE)
  until_true sh -c "docker logs $id 2>&1 | grep -q server.listening"
  from=$(docker inspect "$id" --format '{{.State.StartedAt}}')
  to=$(docker logs "$id" 2>&1 | grep server.listening | grep -oE '20[0-9-]+T[0-9:.]+Z')
  echo $((($(date -d "$to" +%s%N) - $(date -d "$from" +%s%N)) / 1000000))
  docker rm -fv "$id" >/dev/null
}
# The process of the service; the first one is the init of compose.
readonly SERVICE='for one in /proc/[0-9]*; do case "$(tr "\0" " " <$one/cmdline)" in "node "*main.js*) echo ${one#/proc/} ;; esac; done'
idle_kib() { docker exec "$1" sh -c "grep VmRSS /proc/\$($SERVICE)/status" | grep -oE '[0-9]+'; }
is_small() { [ "$(idle_kib "$1")" -le $((MAX_IDLE_MIB * 1024)) ]; }

is_locked() {
  docker exec "$1" sh -c '[ "$(id -u):$(id -g)" = 1000:0 ] && grep -q "CapBnd:.0000000000000000" /proc/self/status && grep -q "NoNewPrivs:.1" /proc/self/status
    ! touch /app/x 2>/dev/null && ! touch /etc/x 2>/dev/null && ! touch /var/lib/stagedoor/x 2>/dev/null'
}
writes_nothing() { ! docker diff "$1" | grep -vE '^[AC] (/usr|/usr/sbin|/usr/sbin/docker-init|/etc|/etc/stagedoor(/tenants.yaml)?|/run|/run/secrets(/.*)?)$'; }
ignores_usr1() {
  docker exec "$1" sh -c "kill -USR1 \$($SERVICE)" && sleep 1 && docker exec "$1" true &&
    ! docker logs "$1" 2>&1 | grep -i debugger
}
has_served() { docker exec "$1" node -e "fetch('http://127.0.0.1:9464/metrics').then((r) => r.text()).then((text) => process.exit(/stagedoor_requests_total\{.*integrations.* [1-9]/.test(text) ? 0 : 1))"; }
added_mb() { echo $((($(docker inspect $IMAGE --format '{{.Size}}') - $(docker inspect node:24-bookworm-slim --format '{{.Size}}')) / 1000000)); }
labels() { docker inspect $IMAGE --format '{{json .Config.Labels}}' | node -e "
  const labels = JSON.parse(require('fs').readFileSync(0));
  const expected = { title: 'Stagedoor', description: /backend-for-frontend/, version: '0.0.0', licenses: 'Apache-2.0', source: 'here', revision: 'checked' };
  for (const [name, value] of Object.entries(expected)) if (!labels['org.opencontainers.image.' + name]?.match(value)) throw new Error(name);"; }
health() { [ "$(docker inspect $IMAGE --format '{{.Config.Healthcheck.Interval}}')" = 5s ]; }
holds_only_its_own() { one_off --entrypoint sh $IMAGE -c '
  [ "$(ls node_modules)" = swagger-ui-dist ] && ! find . -name "*.ts" -o -name "*.spec.*" -o -name "*.mts" -o -name "*.cts" | grep . &&
  ! find . -name "*.map" ! -path "./dist/*" | grep . && ! grep -l "node_modules\|sourcesContent\":\[\"" $(find dist -name "*.map") &&
  ! grep -lE "require_(typescript|express|multer)\b" $(find dist -name "*.js")'; }
creates() { get $API/api/v1/integrations/hubs/3bc1e69f-c520-446f-ab2c-01751fd66a31 -H 'Content-Type: application/json' \
  -d '{"channelId":"TwilioSMS","name":"n","configuration":{"authToken":"cb8c5367c3c4586e","accountSid":"AC1fc1c1722444","numberSid":"PN667435536f4d"}}' | grep -q '"authToken":"\*\*\*\*\*\*\*\*"'; }
reads() { for _ in $(seq 20); do get "$API/api/v1/integrations" >/dev/null || return; done; }
is_on_record() { get $API/api/v1/audit/events | grep -q integration.create; }
swagger_ui() { get $API/docs | grep -q swagger-ui-bundle.js && [ "$(get $API/docs/swagger-ui-bundle.js | wc -c)" -gt 1000000 ]; }
# The worker reads the file that this process has changed in place.
reload() {
  local made; made=$(one_off $IMAGE stagedoor key) || return
  local key hash; key=$(grep -oE 'sd_[A-Za-z0-9_-]+' <<<"$made") hash=$(grep -oE 'sha256:[0-9a-f]{64}' <<<"$made")
  printf '  - { id: added, keyHash: "%s", tenants: [acme], scopes: [integrations:read] }\n' "$hash" >>"$WORK/repository/docker/tenants.example.yaml"
  until_true curl -sf -o /dev/null -H "X-API-Key: $key" $API/api/v1/me
}
stack_trace() {
  local id; id=$(docker run -d --read-only --cap-drop ALL -e NODE_ENV=development -e LOG_FORMAT=json $IMAGE node -e "$BREAKING") || return
  until_true docker exec "$id" node -e "fetch('http://127.0.0.1:3000/api/v1/me', { headers: { 'x-api-key': 'sd_broken-on-purpose-'.padEnd(46, 'x') } }).then(({ status }) => process.exit(status === 500 ? 0 : 1), () => process.exit(1))"
  # Lines are written a moment after the response.
  until_true sh -c "docker logs $id 2>&1 | grep -q 'at keyHash (src/access/api-key.ts:[0-9]*)'"
}
any_user() {
  local id; id=$(docker run -d --user 1000680000:0 --read-only --cap-drop ALL -e NODE_ENV=development -v any:/var/lib/stagedoor/audit $IMAGE) || return
  until_true sh -c "[ \"\$(docker inspect $id --format '{{.State.Health.Status}}')\" = healthy ]" && docker exec "$id" sh -c 'ls /var/lib/stagedoor/audit/*.jsonl' &&
    docker stop -t 30 "$id" && [ "$(docker inspect "$id" --format '{{.State.ExitCode}}')" = 0 ]
}
prometheus() { until_true sh -c "curl -sfG http://localhost:9090/api/v1/query --data-urlencode 'query=count(up{job=\"stagedoor\"} == 1)' | grep -q '\"2\"\]'"; }
noeviction() { compose exec -T redis redis-cli config get maxmemory-policy | grep -qx noeviction; }

both_stopped() { [ "$(docker inspect $ids --format '{{.State.ExitCode}}' | xargs)" = '0 0' ]; }

mkdir -p "$WORK/repository" && cp -rT "$REPOSITORY/docker" "$WORK/repository/docker"
echo "      the image adds $(added_mb) MB to its base"
check "the image is at most $MAX_ADDED_MB MB above its base" test "$(added_mb)" -le $MAX_ADDED_MB
check 'it has the labels of OCI' labels
check 'its health is checked every 5 s' health
check 'it has no TypeScript, Express, multer, declaration or source map of others' holds_only_its_own
starts=$(for _ in 1 2 3 4 5; do start_ms; done | sort -n | tr '\n' ' ')
echo "      starts in ms: $starts"
# The fastest, as others may use this machine.
check "the fastest of five starts takes at most $MAX_START_MS ms" test "${starts%% *}" -le $MAX_START_MS
check 'any user id in group 0 can run it (OpenShift, fsGroup)' any_user
check 'a stack trace names files and lines of src' stack_trace
check 'compose accepts the file' compose config -q
before=$SECONDS
check 'compose up --wait: all are healthy' compose up --no-build --wait --wait-timeout 180
echo "      in $((SECONDS - before)) s"; sleep 10
echo "      idle, in KiB: $(each idle_kib | tr '\n' ' ')"
check "two replicas take at most $MAX_IDLE_MIB MiB each while idle" each is_small
check 'a caller is known behind nginx' get $API/api/v1/me
check 'a create goes through and is masked' creates
check 'reads are served' reads
check 'both replicas served them' each has_served
check 'the create is on record in PostgreSQL' is_on_record
check 'Prometheus reads the metrics of both' prometheus
check 'Redis evicts nothing' noeviction
check 'not root, no capability, nothing to gain, a read-only root' each is_locked
check 'nothing but the volume is written' each writes_nothing
check 'SIGUSR1 opens no inspector' each ignores_usr1
check 'Swagger UI is served' swagger_ui
check 'a changed tenants file is read by the worker, with a key made in the image' reload
check 'migrate runs in the image' program migrate
check 'check --connect runs in the image' program check --connect
ids=$(replicas)
compose stop stagedoor >/dev/null 2>&1
check 'SIGTERM: exit 0' both_stopped
check 'audit verify runs in the image, and the trail is whole' program audit verify
compose down --volumes >/dev/null 2>&1; docker volume rm any >/dev/null 2>&1
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
