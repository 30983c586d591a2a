import { describe, expect, it } from '@jest/globals';
import { judgeUscc, readUsccCell } from './uscc.rules.js';

/** Public sample codes; the first carries a check character that its issuer wrote otherwise. */
const VALID =
  '91350200MA2YJ1XR9G 91350200776049653A 91350500798359476R 91350503MA31DKY80A 91350200MA31E12PXF 91440101MA5CJQ4N59 913502000728319549 123502001549897397 91350503MA31DNG762 913502115628130384 9135021359498494XQ 91350203MA31NDF85F 91350203MA32AXT97E 91350203MA31XXW31H 91350206MA31LUJ437 91350213678251743X 91350212MA3490L25U 91350203MA31GJ942M 9135020530311446XH 91350200MA31JNQ72Y 91350206MA31H8JN7M 91350203MA31NFLDXR 91350200MA31JNPGX6 91350206MA31H80F0J 91440300MA5F7YRE78 91440300MA5FG7JT43 91350213MA2YLEEU9M 91350100077407773G 91350200MA32A5G718 91350200MA32AE621B 91350200612001960R 91350203MA32AH2832 91350203MA2YL7J30M 91350100MA32G75888 91350200MA329TEQ4P 91350200MA2XNMK54G 91350200MA31DJ4F48 91350200MA34AKE39U 91110107082833558H 91350203MA32F5BMX3 913502002601481917 91350200154984129T 913502123031288102 91350211575038325E 91350100056125371J 91350200MA31GCG3X9 91350100MA31LTEW8M 91350200MA32F52G3Y 91350203MA31N5J38T 91350200303285066B 914403006188329255 91420103594531449D 91350500MA32FXKC12 91512081MA62K0260E'.split(
    ' ',
  );

describe('unified social credit codes', () => {
  it.each(VALID)('%s is valid', (code) => {
    expect(judgeUscc(code)).toBe('ok');
  });

  it('warns of a failing check, never more', () => {
    expect(judgeUscc('91350203M0001QAY9B')).toBe('check');
    expect(judgeUscc('91220101123999824F')).toBe('check');
  });

  it('tells malformed codes from ruined ones', () => {
    expect(judgeUscc('91120116MAXFW0PK8')).toBe('format');
    expect(judgeUscc('220133571795211')).toBe('format');
    expect(judgeUscc('9.12201E+17')).toBe('damaged');
    expect(readUsccCell(912201049989569000).states).toEqual(['damaged']);
    expect(readUsccCell('912201049989569000').states).toEqual(['damaged']);
  });

  it('reads several codes and puts writing right', () => {
    expect(readUsccCell('91421127MAC0EMK10T；91422326MAC84HWAXK')).toEqual({ codes: ['91421127MAC0EMK10T', '91422326MAC84HWAXK'], states: ['ok', 'ok'], normalised: false });
    expect(readUsccCell('91310000MACJ60U932、91420100MAEEMRUQ29').codes).toHaveLength(2);
    expect(readUsccCell('911101 08MAX2 THDU10')).toMatchObject({ codes: ['91110108MAX2THDU10'], normalised: true });
    expect(readUsccCell('９１５１０１０７ＭＡＸＱ４３０Ｕ６Ｂ')).toMatchObject({ codes: ['91510107MAXQ430U6B'], normalised: true });
    expect(readUsccCell('91320594maxa2ker1l')).toMatchObject({ codes: ['91320594MAXA2KER1L'], normalised: true });
  });
});
