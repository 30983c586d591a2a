const LONGEST = 200;

/** A name that is safe to store, to show and to send back: its last part, without control or direction characters. */
export function fileName(given: string | undefined): string {
  const last = (given ?? '').split(/[/\\]/).pop() ?? '';
   
  const clean = last.normalize('NFC').replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').replace(/^\.+/, '').trim();
  if (clean === '') return 'file';
  if (clean.length <= LONGEST) return clean;
  const dot = clean.lastIndexOf('.');
  const ending = dot > 0 && clean.length - dot <= 10 ? clean.slice(dot) : '';
  return clean.slice(0, LONGEST - ending.length) + ending;
}

/** The name with the ending of what the file has become. */
export function withEnding(name: string, ending: string): string {
  const dot = name.lastIndexOf('.');
  const own = dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
  if (own === ending || (ending === 'jpg' && own === 'jpeg')) return name;
  return `${dot > 0 ? name.slice(0, dot) : name}.${ending}`;
}

/** Content-Disposition of a download (RFC 6266, RFC 5987): never shown inline, any script's name intact. */
export function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
