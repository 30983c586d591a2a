/** How a contact is written down: names that are only half known, numbers as digits. */

const HONORIFIC = /^[\u3400-\u9fff·]{0,2}(?:总|总经理|副总|董事长|董事|董|经理|主任|部长|处长|局长|校长|院长|厂长|书记|主席|先生|女士|小姐|老师|工|秘书|助理)$/;

/** 周总, 李女士, 张董: the full name is not known yet. */
export function isPartialName(name: string): boolean {
  return HONORIFIC.test(name.trim()) || name.trim().length === 1;
}

/** Whether a full name may be that of somebody known by half: 周建国 for 周总. Latin names never are. */
export function mayComplete(partial: string, full: string): boolean {
  return isPartialName(partial) && !isPartialName(full) && /^[\u3400-\u9fff]/.test(partial) && partial[0] === full.trim()[0];
}

/** Digits of a number without country code, spaces and dashes; null when it is none. An extension stays after 转. */
export function normalPhone(text: string): string | null {
  const half = text.normalize('NFKC').replace(/[\s\-–—()]/g, '').replace(/^(?:\+|00)?86(?=1\d{10}$)/, '');
  return /^\+?\d{5,20}(?:(?:转|ext\.?)\d{1,6})?$/i.test(half) ? half : null;
}
