import { z } from 'zod';
import { flag, optionalPick, pick, text } from '../web/form.ts';
import { findingNames, verdicts } from './rules.ts';

export const findingFilter = z.object({ kind: optionalPick(findingNames), settled: flag() });
export const verdictForm = z.object({ verdict: pick(verdicts), reason: text(1000, 4) });
