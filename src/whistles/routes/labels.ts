import type { Tone } from '../../views.ts';
import type { Answer, Status } from '../rules.ts';

export const toneOf: Record<Status, Tone> = {
  draft: 'new',
  pending_approval: 'warn',
  issued: 'new',
  checking_in: 'go',
  in_consultation: 'go',
  resolved: 'warn',
  rated: 'done',
  ended: 'done',
  rejected: 'done',
  withdrawn: 'done',
};
export const answerTone: Record<Answer, Tone> = {
  waiting: 'new',
  acknowledged: 'go',
  absent: 'late',
  checked_in: 'done',
  refused: 'warn',
};
