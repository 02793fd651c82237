import { topics } from './topics.ts';

/**
 * Which of a category's replies speak of which of its causes, cause by cause: the numbers of the solutions, then after an x those of the
 * explanations and after an a that of the hotline's direct answer; a dash where only the general ones do.
 */
const fits: Record<string, string> = {
  '0101': '012x0 02x0 1 12 1 1 2',
  '0102': '02x0 01 1 02 2x0 02',
  '0103': '0x0 0 1 - 2 0',
  '0104': '0 1 0 - 2 x0',
  '0105': '012x0 1x0 2 02 2 1',
  '0106': '01x0 12 2 1 01x0 2',
  '0107': '0 0 1 0 1x0',
  '0108': '1 2 0x0 - 0 0',
  '0201': '0x0 0 1 0 0x1 2 3',
  '0202': '0x0 01 2 3 x1a0 0 a1 1',
  '0203': '0 1 2 0 x0',
  '0204': '0 x0a1 0 1 2 a0',
  '0205': '0x0 1 - 2 3 a0 0',
  '0206': '0x0 1x0 0 3 2 - -',
  '0207': '0 1x0 1 1 2',
  '0208': '0x0 0 1 2 2 3 -',
  '0209': '0 1 2 - 2 x0',
  '0301': '0x0 0 0 3 - 2 1 -',
  '0302': '0 2x0 x1a0 1 1 x0',
  '0303': '0x0 0 1 - 2 3',
  '0304': '0 1 2x0 2 3 - a0',
  '0305': 'x0a0 0 1 3 2 3',
  '0306': 'a0 1 0 2 x0 1',
  '0307': '1x0 a1 2 a0 3 0 1x0',
  '0401': '01 0x0 0 1 3 0 2',
  '0402': '1x0 1x0 1 3 0 2',
  '0403': '0 1 2 3 2 3x0',
  '0404': '0x0 1 2 2 0x0 -',
  '0405': '0x0 1 0x0 2 x0 3',
  '0406': '0 1x0 0 3 a0 2x0',
  '0407': '0 1 x0 - 3 2',
  '0501': '0x0 1 1 3 0x0 1 2',
  '0502': '0x0 2 1x0 3 2 0',
  '0503': '0x0 0 1 3 2 a0',
  '0504': '02x0 1 0 - 1 1',
  '0505': '01 0 1 - 2',
  '0506': '1 0x0 3 - 2 1 -',
  '0601': '0 1 2x0 - 2 3',
  '0602': '0 0 2 1x0 - 3',
  '0603': '0x0 - 1 2 0x0 3',
  '0604': '0 1 0 1x0',
  '0605': '0 01x0 0',
  '0606': '01 3 0 0 2 -',
  '0607': '0x0 1 2 1 -',
  '0701': '0 1 2 - x0 3',
  '0702': '0 1x0 4 3 2 - -',
  '0703': '0 1 x0 - 2 3 a0',
  '0704': '0x0 1 1 0 2 0x0',
  '0705': '0 1 2 - a0 -',
  '0801': '02 x0 3 1 x0 2',
  '0802': 'a0 0x0 2 3 a1 1 -',
  '0803': 'a0 0x0 a1 1 2 a0',
  '0804': 'x0 0 1 a0 3 2 4',
  '0805': '0 1 a0 2 x0 -',
  '0806': '0 1 4 2 4 3',
  '0807': 'a0 0 3 1 2',
  '0901': 'a0 0x0 3 1 - 2',
  '0902': '2 0 0 1 4 3x0 -',
  '0903': '2 0x0 1 0 a0',
  '0904': '0 - 2 1x0 3 4 -',
  '0905': 'a0 0 2 1 3x0 a1',
  '0906': '0x0 1 4 2 a0 3 -',
  '1001': '01 0 1x0 2 3 0 1x0',
  '1002': '0x0 1 0 - 3 0 2',
  '1003': '0x0 2 1 2 x0 a0',
  '1004': '0 x0 2 3 a0 1',
  '1005': '0 - 1 3 2',
  '1101': '1 0 2x0 0 3 a0 -',
  '1102': '0 1 x0 3 2 a0',
  '1103': '0 1x0 a0 2 3 -',
  '1104': '0 1 2 3x0 a0',
  '1105': '0 1x0 2 3 -',
  '1106': '0 1 2x0 3 4',
  '1201': '1a0 2a1 0a2 0a3 0a4 0 0 3',
  '1202': '0 1a0 0 2 3 x0',
  '1203': '- 1 0x0 2 3',
  '1204': '0 1 2 3 - x0',
  '1205': '0a0 0 2 x0 3 1',
  '1206': 'x0 0 1 2 - 4 3',
  '1207': '0 1 2 3 x0 - -',
};

export interface Replies {
  readonly solved: readonly string[];
  readonly explained: readonly string[];
  /** What the hotline can say at once; null where it cannot. */
  readonly answer: string | null;
}

const solved = [
  '已安排人员到现场核实处理，问题已解决，并向诉求人反馈，诉求人表示认可。',
  '情况属实，已当场整改到位，拍照留存，后续加强巡查，诉求人确认已解决。',
  '接件后立即处置，{place}的问题已办结，并当面向诉求人说明了处理过程。',
];
const explained = [
  '已现场核查并向诉求人说明有关规定和处理依据，诉求人表示理解。',
  '经核实，所反映事项符合现行规定，已逐条解释并提供咨询电话，诉求人表示知晓。',
];

const known = new Map<string, readonly Replies[]>(
  Object.entries(topics).map(([code, topic]) => [
    code,
    fits[code]!.split(' ').map((fit): Replies => {
      const [, good = '', reasons = '', answer] = /^-?(\d*)(?:x(\d*))?(?:a(\d))?$/.exec(fit)!;
      const pick = (digits: string, from: readonly string[], general: readonly string[]) =>
        digits ? [...digits].map((n) => from[Number(n)]!) : general;
      return {
        solved: pick(good, topic.solved, solved),
        explained: pick(reasons, topic.explained, explained),
        answer: answer === undefined ? null : topic.answers![Number(answer)]!,
      };
    }),
  ]),
);

/** What can be replied to a cause of a category, by its place in the list. */
export const repliesTo = (code: string, cause: number): Replies => known.get(code)![cause]!;
export const thanks = ['感谢您的肯定，我们会把您的表扬转达给有关单位和个人。', '谢谢您的表扬，已转告当事单位，大家会继续努力。'];
