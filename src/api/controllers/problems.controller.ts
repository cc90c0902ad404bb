import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Problem } from '../../problems/problem';
import { PROBLEM_CODES, PROBLEM_KINDS } from '../../problems/problem-registry';
import { ForEverybody } from '../routes/route-declaration';

const BECAUSE = 'Documentation: a problem’s `type` has to lead somewhere.';

/** The pages that the `type` of a problem leads to (RFC 9457). */
@ApiTags('problems')
@Controller('problems')
export class ProblemsController {
  @Get()
  @ApiOperation({ summary: 'Lists every problem a caller can meet' })
  @ApiOkResponse({ description: 'The registry of problems.' })
  @ForEverybody(BECAUSE)
  all(): readonly object[] {
    return PROBLEM_CODES.map((code) => ({ code, ...PROBLEM_KINDS[code] }));
  }

  @Get(':code')
  @ApiOperation({ summary: 'Explains a problem' })
  @ApiParam({ name: 'code', enum: PROBLEM_CODES })
  @ApiOkResponse({ description: 'What happened, and what the caller can do.' })
  @ForEverybody(BECAUSE)
  one(@Param('code') wanted: string): object {
    const code = PROBLEM_CODES.find((known) => known === wanted);
    if (code === undefined) throw new Problem('not-found');
    return { code, ...PROBLEM_KINDS[code] };
  }
}
