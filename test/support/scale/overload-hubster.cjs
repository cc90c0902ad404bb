/** A thread in Hubster's place, which responds at once: it takes less time of the machine than the sandbox. */
const { createServer } = require('node:http');
const { parentPort } = require('node:worker_threads');

const TOKEN = JSON.stringify({ access_token: 'portal-token', expires_in: 3600, token_type: 'Bearer' });

function integration(url) {
  const [, integrationId = ''] = /integrations\/([0-9a-f-]{36})/.exec(url) ?? [];
  return JSON.stringify({
    integrationId,
    hubId: '7d5a1c40-8e7b-4a54-9c7e-5f0b2d9e4a01',
    integrationTypeId: 'Customer',
    channelId: 'Direct',
    name: 'an integration',
    statusId: 3000,
    configuration: { webhookUrl: 'https://h.io/', echo: true, start: [], events: [] },
  });
}

const server = createServer((request, response) => {
  request.resume();
  const body = request.url.startsWith('/connect/token') ? TOKEN : integration(request.url);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(`http://127.0.0.1:${server.address().port}/`));
