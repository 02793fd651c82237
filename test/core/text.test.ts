import { describe, expect, test } from 'vitest';
import { addLocalNames, pinyinKeys, searchTerms, segment, wordsOf } from '../../src/core/text.ts';

describe('words', () => {
  test('punctuation and stop words are gone, letters are small, wide forms are narrow', () => {
    expect(segment('小区的 ＷｉＦｉ，信号很差！！在３号楼。')).toEqual(['小区', 'wifi', '信号', '很', '差', '3', '号', '楼']);
    expect(segment('，。！的了在')).toEqual([]);
    expect(segment('')).toEqual([]);
  });

  test('a long word brings the short ones it is made of', () => {
    expect(segment('物业费太高')).toEqual(expect.arrayContaining(['物业', '物业费']));
  });

  test('telephone and identity numbers stay out, house numbers stay in', () => {
    expect(wordsOf('联系电话13800138000,身份证37068519900101123X,12号楼3单元')).not.toMatch(/\d{7}/);
    expect(segment('12号楼')).toContain('12');
  });

  test('what is looked for is found in the words of the text that holds it', () => {
    const text = '花园社区门口井盖缺失,旁边的消防通道被堵,垃圾清运不及时,物业费还涨价';
    const words = new Set(segment(text));
    for (const looked_for of ['井盖', '消防通道', '消防', '垃圾', '物业', '物业费', '花园社区门口', '井盖缺失']) {
      const terms = searchTerms(looked_for);
      expect(terms.length, looked_for).toBeGreaterThan(0);
      expect(
        terms.filter((term) => !words.has(term)),
        looked_for,
      ).toEqual([]);
    }
    expect(searchTerms('井盖井盖 的')).toEqual(['井盖']);
  });

  test('a local name stays in one piece once it is taught, before or after the first text', () => {
    expect(segment('魁星东苑停水')).not.toContain('魁星东苑');
    addLocalNames(['魁星东苑', '飞线充电', ' ', '街']);
    expect(segment('魁星东苑停水')).toEqual(expect.arrayContaining(['魁星东苑', '停水']));
    expect(segment('楼道里飞线充电')).toContain('飞线充电');
  });

  test('forty thousand texts take less than four seconds', () => {
    const text =
      '您好,我是花园社区3号楼的居民,小区门口的井盖缺失已经半个月了,向物业反映多次一直没有人处理,晚上路灯不亮,老人孩子出行很不安全,请尽快安排维修并给个答复。';
    segment(text);
    // Processor time, since the machine may be busy with other tests; a quarter of the texts, a quarter of the time.
    const began = process.cpuUsage();
    for (let i = 0; i < 10_000; i++) wordsOf(text);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(1_000);
  });
});

describe('spelling', () => {
  test('a place is found by Chinese, by pinyin and by initials', () => {
    expect(pinyinKeys('花园社区')).toBe('花园社区 huayuanshequ hysq');
  });

  test('numbers and letters keep their place', () => {
    expect(pinyinKeys('绿城12号楼B座')).toBe('绿城12号楼b座 lvcheng12haoloubzuo lc12hlbz');
    expect(pinyinKeys('A 区')).toBe('a区 aqu aq');
  });

  test('a name without Chinese is written once', () => {
    expect(pinyinKeys('soho')).toBe('soho');
    expect(pinyinKeys('3-2')).toBe('3-2');
  });
});
