import { beforeAll, describe, expect, test } from 'vitest';
import { teachTerms } from '../../src/analysis/actions.ts';
import { type Document, type Lexicon, type Model, suggest, train } from '../../src/analysis/rules/classify.ts';
import { segment } from '../../src/core/text.ts';
import { lexicon } from '../../src/words/zh/lexicon.ts';

const small: Lexicon = { lamp: { 路灯: 1, 照明: 1 }, drain: { 下水道: 1, 污水: 1 }, dog: { 遛狗: 1, 污水: 1 } };

describe('the lexicon alone', () => {
  let model: Model;
  beforeAll(() => {
    teachTerms();
    model = train([], lexicon);
  });

  test.each([
    ['小区门口井盖不见了,晚上骑车差点掉进去', '0207'],
    ['家里暖气片冰凉,室温只有十三度,热力公司没人来', '0202'],
    ['楼上住户每天半夜跳舞唱歌,音响声音特别大,扰民', '0702'],
    ['包工头跑了,工地上二十多个农民工的工资一分没发', '0801'],
    ['楼道里飞线充电,电瓶车推进楼里', '0602'],
    ['健身房老板跑路了,卡里还有两千块钱余额不退', '1003'],
    ['遛狗不拴绳,把我家孩子咬伤了', '0705'],
    ['请问孩子今年上小学,户口在外地,划片到哪个学校', '0901'],
    ['想把房产证上的名字过户给儿子', '0307'],
    ['村里的账目从来不公开,村干部把集体的地包给了亲戚', '1104'],
    ['5路公交车半个小时才来一班,末班车太早', '0406'],
    ['饭店的油烟直接排到我家窗口,呛得不敢开窗', '0502'],
  ])('%s', (text, category) => {
    expect(suggest(model, segment(text), 3).map((found) => found.category)).toContain(category);
  });

  test('says by which words it came to its first choice', () => {
    const [first] = suggest(model, segment('3号楼前面的路灯不亮好几天了'));
    expect(first).toMatchObject({ category: '0208' });
    expect(first!.reasons.some((reason) => reason.word.includes('路灯'))).toBe(true);
    expect(first!.reasons.every((reason) => reason.weight > 0)).toBe(true);
  });

  test('a message of many hundred characters is judged as surely as a short one', () => {
    const courtesy = '尊敬的领导,您好!我是住在这里十多年的老住户,一直很支持咱们政府的各项工作,这次实在没有办法才写信给您。';
    const matter = '单元门口的下水道堵了,污水从井里往外冒,一楼家里返水,臭得没法住。';
    const [first] = suggest(model, segment(courtesy + matter + courtesy.repeat(4) + '管道堵塞以后污水外溢到路上。'));
    expect(first!.category).toBe('0206');
    expect(first!.score).toBeGreaterThan(0.5);
    expect(first!.score).toBeLessThanOrEqual(1);
  });

  test('has nothing to say about words it does not know, whatever they are called', () => {
    expect(suggest(model, [])).toEqual([]);
    expect(suggest(model, ['constructor', '__proto__', 'hasownproperty'])).toEqual([]);
  });

  test('every category of the catalogue has words of its own', () => {
    expect(Object.keys(lexicon)).toHaveLength(80);
    for (const [code, words] of Object.entries(lexicon)) expect(Object.keys(words).length, code).toBeGreaterThanOrEqual(15);
  });
});

describe('training', () => {
  const doc = (category: string, text: string, weight?: number): Document => ({
    category,
    words: text.split(' '),
    ...(weight && { weight }),
  });

  test('moves the lexicon where the city decides otherwise', () => {
    const before = suggest(train([], small), ['污水'])[0]!;
    expect(before.score).toBeLessThan(0.5);
    const model = train(
      Array.from({ length: 8 }, () => doc('drain', '污水 院子')),
      small,
    );
    const after = suggest(model, ['污水'])[0]!;
    expect(after).toMatchObject({ category: 'drain' });
    expect(after.score).toBeGreaterThan(before.score);
  });

  test('learns words and categories that no lexicon has', () => {
    const model = train(
      [doc('pool', '泳池 换水'), doc('pool', '泳池 深水区'), doc('lamp', '路灯 灯杆'), doc('lamp', '路灯')],
      small,
    );
    expect(suggest(model, ['泳池'])[0]).toMatchObject({ category: 'pool', reasons: [{ word: '泳池' }] });
    expect(model.categories).toEqual(['dog', 'drain', 'lamp', 'pool']);
  });

  test('leaves alone what no document speaks of', () => {
    const model = train(
      Array.from({ length: 20 }, () => doc('drain', '下水道 院子')),
      small,
    );
    expect(suggest(model, ['照明'])[0]).toMatchObject({ category: 'lamp' });
  });

  test('a document of little weight moves little', () => {
    const score = (weight: number) =>
      suggest(train([doc('dog', '污水 院子', weight), doc('dog', '污水 院子', weight)], small), ['污水']).find(
        (found) => found.category === 'dog',
      )!.score;
    expect(score(1)).toBeGreaterThan(score(0.05));
  });

  test('gives probabilities that add up, and only categories that are allowed', () => {
    const model = train([doc('lamp', '路灯 灯杆'), doc('lamp', '路灯')], small);
    const all = suggest(model, ['污水', '路灯'], 10);
    expect(all.reduce((sum, found) => sum + found.score, 0)).toBeCloseTo(1, 6);
    expect(suggest(model, ['路灯'], 3, new Set(['drain'])).map((found) => found.category)).toEqual(['drain']);
  });

  test('gives the same model twice, and the same answer after being stored as JSON', () => {
    const documents = [doc('lamp', '路灯 灯杆'), doc('lamp', '路灯'), doc('drain', '下水道 井口'), doc('drain', '井口 污水')];
    const model = train(documents, small);
    expect(train(documents, small)).toEqual(model);
    expect(suggest(JSON.parse(JSON.stringify(model)) as Model, ['井口'])).toEqual(suggest(model, ['井口']));
  });
});
