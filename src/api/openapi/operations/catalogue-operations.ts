import { CHANNEL_IDS } from '../../../channels/channel';
import { PROBLEM_CODES } from '../../../problems/problem-registry';
import { headers, json, type Operation } from '../operation';
import { CALLER_PROBLEMS, PUBLIC_PROBLEMS } from '../problem-groups';
import { oneOfTexts, PAGE } from '../schemas/scalars';

const HEADERS = ['X-Request-Id', 'Vary', 'Access-Control-Allow-Origin'];
const CHANNEL_HEADERS = headers(...HEADERS, 'Cache-Control', 'RateLimit', 'RateLimit-Policy');

export const listChannels: Operation = {
  ...{ id: 'listChannels', tag: 'channels', problems: CALLER_PROBLEMS },
  summary: 'Lists the channels and their fields',
  responses: {
    200: {
      description: 'All channels, those that can be created first.',
      headers: CHANNEL_HEADERS,
      content: json('ChannelList'),
    },
  },
};

export const getChannel: Operation = {
  ...{ id: 'getChannel', tag: 'channels', problems: CALLER_PROBLEMS },
  summary: 'Describes a channel and its fields',
  path: [
    {
      ...{ name: 'channelId', in: 'path', required: true, schema: oneOfTexts(CHANNEL_IDS), example: 'WebChat' },
      description: 'A channel. Its name is accepted in any case, and its number as well.',
    },
  ],
  responses: {
    200: {
      description: 'JSON Schemas of the configuration, and a description of each field.',
      headers: CHANNEL_HEADERS,
      content: json('Channel'),
    },
  },
};

/** JSON, or for a client that prefers it the same as a page. */
const withPage = (schema: string) => ({ ...json(schema), ...PAGE });

export const listProblems: Operation = {
  ...{ id: 'listProblems', tag: 'problems', problems: PUBLIC_PROBLEMS },
  summary: 'Lists all problems',
  responses: {
    200: {
      description: 'The registry of problems.',
      headers: headers(...HEADERS, 'Vary'),
      content: withPage('ProblemKindList'),
    },
  },
};

export const getProblem: Operation = {
  ...{ id: 'getProblem', tag: 'problems', problems: [...PUBLIC_PROBLEMS, 'NotFoundPage'] },
  summary: 'Explains a problem',
  path: [
    {
      ...{ name: 'code', in: 'path', required: true, schema: oneOfTexts(PROBLEM_CODES), example: 'name-taken' },
      description: 'The `code` of the problem.',
    },
  ],
  responses: {
    200: {
      description: 'What the problem means, and what a caller can do.',
      headers: headers(...HEADERS, 'Vary'),
      content: withPage('ProblemKind'),
    },
  },
};
