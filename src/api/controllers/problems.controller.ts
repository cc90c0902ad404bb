import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Problem } from '../../problems/problem';
import { PROBLEM_CODES, PROBLEM_KINDS, type ProblemCode } from '../../problems/problem-registry';
import { type ConstantDocument, jsonDocument, sendDocument } from '../openapi/constant-document';
import { getProblem, listProblems } from '../openapi/operations/catalogue-operations';
import { ForEverybody } from '../routes/route-declaration';

const BECAUSE = 'Documentation: the `type` of a problem is the URL of its page.';

const kindOf = (code: ProblemCode) => ({ code, ...PROBLEM_KINDS[code] });
const ALL = jsonDocument(PROBLEM_CODES.map(kindOf));
const EACH = new Map<string, ConstantDocument>(PROBLEM_CODES.map((code) => [code, jsonDocument(kindOf(code))]));

/** The pages at the `type` URLs of problems (RFC 9457). */
@Controller('problems')
export class ProblemsController {
  @Get()
  @ForEverybody(BECAUSE, { operation: listProblems })
  all(@Res() reply: FastifyReply): void {
    sendDocument(reply, ALL);
  }

  @Get(':code')
  @ForEverybody(BECAUSE, { operation: getProblem })
  one(@Param('code') code: string, @Res() reply: FastifyReply): void {
    const page = EACH.get(code);
    if (!page) throw new Problem('not-found');
    sendDocument(reply, page);
  }
}
