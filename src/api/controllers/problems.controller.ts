import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../config/config';
import { Problem } from '../../problems/problem';
import { PROBLEM_CODES, PROBLEM_KINDS, type ProblemCode } from '../../problems/problem-registry';
import { type ConstantDocument, jsonDocument, sendDocument } from '../openapi/constant-document';
import { getProblem, listProblems } from '../openapi/operations/catalogue-operations';
import { problemListPage, problemPage, unknownProblemPage } from '../pages/problem-pages';
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
  readonly #unknown: ConstantDocument;

  constructor({ http }: Config) {
    const { docs } = http;
    this.#all = { json: jsonDocument(PROBLEM_CODES.map(kindOf)), page: problemListPage(docs) };
    this.#each = new Map(
      PROBLEM_CODES.map((code) => [code, { json: jsonDocument(kindOf(code)), page: problemPage(code, http) }]),
    );
    this.#unknown = unknownProblemPage(docs);
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
    if (found) sendPreferred(request, reply, found);
    else this.#sendUnknown(request, reply);
  }

  #sendUnknown(request: FastifyRequest, reply: FastifyReply): void {
    const problem = new Problem('not-found');
    void reply.header('vary', 'Accept');
    if (!prefersPage(request)) throw problem;
    request.state.problem = problem;
    void reply.status(problem.status).header('cache-control', 'no-store');
    sendDocument(reply, this.#unknown);
  }
}

function sendPreferred(request: FastifyRequest, reply: FastifyReply, { json, page }: Representations): void {
  void reply.header('vary', 'Accept');
  sendDocument(reply, prefersPage(request) ? page : json);
}

/** HTML only if it is preferred to JSON: a client that accepts everything is a program. */
function prefersPage({ headers: { accept = '' } }: FastifyRequest): boolean {
  const quality = (mediaType: string) => acceptedQuality(accept, mediaType).quality;
  return quality('text/html') > quality('application/json');
}
