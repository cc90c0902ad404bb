import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Channel } from '../../channels/channel';
import { CHANNELS } from '../../channels/channel-registry';
import { requestSchema } from '../../channels/configuration-schema';
import { Problem } from '../../problems/problem';
import { type ConstantDocument, jsonDocument, sendDocument } from '../openapi/constant-document';
import { getChannel, listChannels } from '../openapi/operations/catalogue-operations';
import { pathChannel } from '../request/parameters';
import { NoQueryPipe } from '../request/pipes';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

const NO_AUDIT = { none: 'Channels are public knowledge and not data of a tenant.' };

const ALL = jsonDocument(CHANNELS.map(describe));
const EACH = new Map<string, ConstantDocument>(
  CHANNELS.map((channel) => [channel.id, jsonDocument(describe(channel))]),
);

/** The fields of each channel, from its declaration. */
@Controller(`${BASE_PATH}/channels`)
export class ChannelsController {
  @Get()
  @ForCallers('any', NO_AUDIT, { needsNoTenant: true, operation: listChannels })
  all(@Query(NoQueryPipe) _query: unknown, @Res() reply: FastifyReply): void {
    sendDocument(reply.header('cache-control', 'private, no-cache'), ALL);
  }

  @Get(':channelId')
  @ForCallers('any', NO_AUDIT, { needsNoTenant: true, operation: getChannel })
  one(@Query(NoQueryPipe) _query: unknown, @Param('channelId') channelId: string, @Res() reply: FastifyReply): void {
    const page = EACH.get(pathChannel(channelId, 'channelId').id);
    if (!page) throw new Problem('not-found');
    sendDocument(reply.header('cache-control', 'private, no-cache'), page);
  }
}

function describe(channel: Channel): object {
  const { id, number, isCreatable, integrationType, configurationUpdate, exactlyOneOf, fields, example } = channel;
  if (!isCreatable) return { channelId: id, number, isCreatable, fields: [] };
  return {
    channelId: id,
    number,
    isCreatable,
    integrationTypeId: integrationType,
    configurationUpdate,
    fields: fields.map((field) => ({
      name: field.name,
      description: field.description,
      required: field.required,
      secret: field.secret === true,
      readOnly: field.readOnly === true,
      updateOnly: field.updateOnly === true,
    })),
    ...(exactlyOneOf.length > 0 && { exactlyOneOf }),
    createSchema: requestSchema(channel, 'create'),
    ...(configurationUpdate === 'replaces' && { updateSchema: requestSchema(channel, 'update') }),
    example,
  };
}
