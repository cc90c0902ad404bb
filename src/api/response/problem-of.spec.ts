import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { Problem } from '../../problems/problem';
import { problemOf } from './problem.filter';

const fastifyError = (code: string) => Object.assign(new Error('canary'), { code, statusCode: 418 });

describe('problemOf', () => {
  it('returns a problem unchanged', () => {
    const problem = new Problem('name-taken');
    expect(problemOf(problem)).toBe(problem);
  });

  it.each([
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported-media-type'],
    ['FST_ERR_CTP_BODY_TOO_LARGE', 'body-too-large'],
    ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed-body'],
    ['FST_ERR_BAD_URL', 'not-found'],
    ['FST_ERR_SOMETHING_NEW', 'internal-error'],
  ])('reads Fastify’s %s as %s, without its text', (code, problem) => {
    expect(problemOf(fastifyError(code))).toMatchObject({
      code: problem,
      message: expect.not.stringContaining('canary'),
    });
  });

  it.each([
    [new NotFoundException('canary'), 'not-found'],
    [new BadRequestException('canary'), 'malformed-body'],
    [new HttpException('canary', 418), 'internal-error'],
    [new Error('canary'), 'internal-error'],
    ['canary', 'internal-error'],
    [undefined, 'internal-error'],
    [{ code: 'FST_ERR_BAD_URL' }, 'internal-error'],
  ])('reads %s as %s, without its text', (error, code) => {
    expect(problemOf(error)).toMatchObject({ code, message: expect.not.stringContaining('canary') });
  });

  it('keeps an unexpected error for the log', () => {
    const error = new Error('canary');
    expect(problemOf(error).cause).toBe(error);
  });
});
