/** Hosts whose webhook URLs are secrets as a whole: anybody who knows such a URL may post to it. */
const PROVIDERS = [
  'hooks.slack.com',
  'hooks.slack-gov.com',
  'discord.com',
  'discordapp.com',
  'api.telegram.org',
  'webhook.office.com',
  'outlook.office.com',
  'outlook.office365.com',
  'logic.azure.com',
  'api.powerplatform.com',
  'chat.googleapis.com',
  'hooks.zapier.com',
  'hook.integromat.com',
  'make.com',
  'maker.ifttt.com',
  'webhook.site',
  'm.pipedream.net',
  'events.pagerduty.com',
  'api.opsgenie.com',
  'webhooks.mongodb-realm.com',
  'hooks.glip.com',
  'open.feishu.cn',
  'open.larksuite.com',
  'oapi.dingtalk.com',
  'qyapi.weixin.qq.com',
  'hooks.airtable.com',
  'api.flock.com',
  'hooks.nabu.casa',
] as const;

/** Whether a host name, in lower case, is that of a provider or a subdomain of it. */
export function isWebhookProvider(host: string): boolean {
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  return PROVIDERS.some((provider) => name === provider || name.endsWith(`.${provider}`));
}
