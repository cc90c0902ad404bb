import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../config/config';
import { Problem } from '../../problems/problem';
import { PROBLEM_CODES, PROBLEM_KINDS, type ProblemCode } from '../../problems/problem-registry';
import { type ConstantDocument, jsonDocument, sendDocument } from '../openapi/constant-document';
import { getProblem, listProblems } from '../openapi/operations/catalogue';
import { problemListPage, problemPage } from '../pages/problem-pages';
import { acceptedQuality } from '../request/accept';
import { ForEverybody } from '../routes/route-declaration';

const BECAUSE = 'Documentation: the `type` of a problem is the URL of its page.';

/** The same content for programs and for people. */
interface Representations {
  readonly json: ConstantDocument;
  readonly page: ConstantDocument;
}

const kindOf = (code: ProblemCode) => ({ code, ...PROBLEM_KINDS[code] });

/** The pages at the `type` URLs of problems (RFC 9457): HTML for a browser, JSON for everything else. */
@Controller('problems')
export class ProblemsController {
  readonly #all: Representations;
  readonly #each: ReadonlyMap<string, Representations>;

  constructor({ http: { docs } }: Config) {
    this.#all = { json: jsonDocument(PROBLEM_CODES.map(kindOf)), page: problemListPage(docs) };
    this.#each = new Map(
      PROBLEM_CODES.map((code) => [code, { json: jsonDocument(kindOf(code)), page: problemPage(code, docs) }]),
    );
  }

  @Get()
  @ForEverybody(BECAUSE, { operation: listProblems })
  all(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendPreferred(request, reply, this.#all);
  }

  @Get(':code')
  @ForEverybody(BECAUSE, { operation: getProblem })
  one(@Param('code') code: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const found = this.#each.get(code);
    if (!found) throw new Problem('not-found');
    sendPreferred(request, reply, found);
  }
}

/** HTML only if it is preferred to JSON: a client that accepts everything is a program. */
function sendPreferred(
  { headers: { accept = '' } }: FastifyRequest,
  reply: FastifyReply,
  { json, page }: Representations,
): void {
  const quality = (mediaType: string) => acceptedQuality(accept, mediaType).quality;
  void reply.header('vary', 'Accept');
  sendDocument(reply, quality('text/html') > quality('application/json') ? page : json);
}
