import QRCode from 'qrcode';
import { describe, expect, test } from 'vitest';
import { household_alphabet, readHouseholdCode, readHouseholds, showHouseholdCode } from '../../src/plates/rules.ts';
import { qrPath } from '../../src/web/qr.ts';

describe('household codes', () => {
  test('are read however they are typed, and nothing else is', () => {
    expect(readHouseholdCode(' abcd-efgh ')).toBe('ABCDEFGH');
    expect(readHouseholdCode('ＡＢＣＤ ２３４５')).toBe('ABCD2345');
    expect(readHouseholdCode(showHouseholdCode('ABCD2345'))).toBe('ABCD2345');
    for (const wrong of ['', 'ABCDEFG', 'ABCDEFGHJ', 'ABCDEFG0', 'ABCDEFG1', 'ABCDEFGI', 'ABCDEFGO', 'ABCD_FGH']) {
      expect(readHouseholdCode(wrong), wrong).toBeUndefined();
    }
  });

  test('are made of 32 characters, none of which is taken for another', () => {
    expect(new Set(household_alphabet).size).toBe(32);
    expect(household_alphabet).not.toMatch(/[01IO]/);
  });
});

describe('households somebody lists', () => {
  test('stand apart by commas or lines, with ranges, each once', () => {
    expect(readHouseholds('101-103、201，2单元301\n101')).toEqual(['101', '102', '103', '201', '2单元301']);
    expect(readHouseholds('1单元101~102')).toEqual(['1单元101', '1单元102']);
    expect(readHouseholds('01-03')).toEqual(['01', '02', '03']);
    expect(readHouseholds(' , ')).toEqual([]);
  });

  test('are refused where a range runs backwards or a name is too long', () => {
    expect(readHouseholds('106-101')).toBeUndefined();
    expect(readHouseholds('1-99999')).toBeUndefined();
    expect(readHouseholds('一'.repeat(21))).toBeUndefined();
  });
});

test('a drawn QR code is the code, square for square, with a quiet zone around it', () => {
  const text = 'https://city.example/q/abcdefghijklmnop.abcdefgh';
  const { size, path } = qrPath(text);
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'Q' });
  expect(size).toBe(modules.size + 8);
  const drawn = new Set<string>();
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let i = 0; i < Number(width); i++) drawn.add(`${Number(x) + i} ${y}`);
  }
  const right: string[] = [];
  for (let y = 0; y < modules.size; y++)
    for (let x = 0; x < modules.size; x++) if (modules.get(y, x)) right.push(`${x + 4} ${y + 4}`);
  expect([...drawn].sort()).toEqual(right.sort());
});
