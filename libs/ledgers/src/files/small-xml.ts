import sax from 'sax';
import { corrupt, unsafeXml } from './faults.js';

/** Called with local names; prefixes are dropped from elements and attributes alike. */
export interface XmlVisitor {
  open?(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Walks one of the small parts of a package with `sax`.
 * @throws UnreadableFile UNSAFE_XML for any DTD, CORRUPT for malformed XML
 */
export function walkXml(part: string, bytes: Buffer, visitor: XmlVisitor): void {
  const xml = decodeXml(part, bytes);
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) throw unsafeXml(part);
  // Only the five entities of XML itself; the types of sax do not know the option yet.
  const options: sax.SAXOptions & { strictEntities: boolean } = { strictEntities: true };
  const parser = sax.parser(true, options);
  parser.ondoctype = () => {
    throw unsafeXml(part);
  };
  parser.onerror = (error) => {
    throw corrupt(`${part} 不是合法的 XML`, `${part}: ${error.message.split('\n')[0]}`);
  };
  parser.onopentag = (tag) => {
    const attributes: Record<string, string> = {};
    for (const [name, value] of Object.entries(tag.attributes)) attributes[local(name)] = value as string;
    visitor.open?.(local(tag.name), attributes);
  };
  parser.ontext = (text) => visitor.text?.(text);
  parser.oncdata = (text) => visitor.text?.(text);
  parser.onclosetag = (name) => visitor.close?.(local(name));
  parser.write(xml).close();
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

function decodeXml(part: string, bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  const xml = bytes.toString('utf8', bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
  const encoding = /^<\?xml[^>]*\bencoding\s*=\s*["']([^"']+)["']/.exec(xml)?.[1];
  if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding)) {
    throw corrupt(`${part} 采用了不支持的编码 ${encoding}`, `${part} is encoded in ${encoding}`);
  }
  return xml;
}

export interface Relationship {
  id: string;
  type: string;
  target: string;
  external: boolean;
}

/** Reads a `.rels` part. `target` of an internal relationship is a part name without leading slash. */
export function readRelationships(part: string, bytes: Buffer, folder: string): Relationship[] {
  const relationships: Relationship[] = [];
  walkXml(part, bytes, {
    open(name, { Id, Type, Target, TargetMode }) {
      if (name !== 'Relationship' || Id === undefined || Target === undefined) return;
      const external = TargetMode === 'External';
      relationships.push({
        id: Id,
        type: (Type ?? '').split('/').at(-1) ?? '',
        target: external ? Target : resolvePart(folder, Target),
        external,
      });
    },
  });
  return relationships;
}

/** `../comments1.xml` seen from `xl/worksheets` → `xl/comments1.xml`. Never leaves the package. */
function resolvePart(folder: string, target: string): string {
  const path = target.replaceAll('\\', '/');
  const segments = path.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}
