/** JSON that is already text (the pass-through): written into the answer as it is. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** The answer as text; `data` may be RawJson. */
export function stringifyAnswer(answer: { data?: unknown; errors?: unknown; extensions?: unknown }): string {
  if (!(answer.data instanceof RawJson)) return JSON.stringify(answer);
  const extensions = answer.extensions === undefined ? '' : `,"extensions":${JSON.stringify(answer.extensions)}`;
  return `{"data":${answer.data.text}${extensions}}`;
}
