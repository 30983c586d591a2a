import { tooLarge } from './faults.js';
import { XmlScanner } from './xml-scanner.js';

const T = 0x74;
const R = 0x72;

/** The shared strings of a workbook: plain text per index, and which of them are rich text. */
export class SharedStrings {
  readonly texts: string[] = [];
  readonly rich = new Set<number>();
  /** Indexes cut at the cell limit, with the length before the cut. */
  readonly cut = new Map<number, number>();
}

/** Reads xl/sharedStrings.xml: runs of rich text are joined, phonetic runs (rPh) are left out. */
export class SharedStringsScanner extends XmlScanner {
  readonly strings = new SharedStrings();
  private current = '';
  private phonetic = false;
  private inString = false;
  private rich = false;

  constructor(
    part: string,
    private readonly most: number,
    private readonly cellCharacters: number,
  ) {
    super(part);
  }

  protected open(b: Buffer, name: number, nameEnd: number, _end: number, empty: boolean): void {
    const first = b[name];
    const length = nameEnd - name;
    if (length === 1) {
      if (first === T && this.inString && !this.phonetic) this.wantsText = !empty;
      else if (first === R && this.inString) this.rich = true;
    } else if (length === 2 && first === 0x73 && b[name + 1] === 0x69) {
      this.inString = true;
      this.current = '';
      this.rich = false;
      if (empty) this.add();
    } else if (length === 3 && first === R && b[name + 1] === 0x50 && !empty) {
      this.phonetic = true;
    }
  }

  protected close(b: Buffer, name: number, nameEnd: number): void {
    const first = b[name];
    const length = nameEnd - name;
    if (length === 1 && first === T) this.wantsText = false;
    else if (length === 2 && first === 0x73 && b[name + 1] === 0x69) this.add();
    else if (length === 3 && first === R && b[name + 1] === 0x50) this.phonetic = false;
  }

  protected text(b: Buffer, from: number, to: number, literal: boolean): void {
    const text = this.decode(b, from, to, literal);
    this.current = this.current === '' ? text : this.current + text;
  }

  private add(): void {
    this.inString = false;
    this.wantsText = false;
    const { texts, rich, cut } = this.strings;
    if (this.rich) rich.add(texts.length);
    if (this.current.length > this.cellCharacters) {
      cut.set(texts.length, this.current.length);
      this.current = cutText(this.current, this.cellCharacters);
    }
    texts.push(this.current);
    if (texts.length > this.most) throw tooLarge(`不同的文字超过 ${this.most} 个`, `more than ${this.most} shared strings`);
  }
}

/** The first `most` UTF-16 units, never half of a surrogate pair; a copy, so that the long text can be freed. */
export function cutText(text: string, most: number): string {
  const last = text.charCodeAt(most - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? most - 1 : most;
  return Buffer.from(text.slice(0, end), 'utf16le').toString('utf16le');
}
