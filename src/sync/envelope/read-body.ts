import { MIMEType } from 'node:util';
import { DEEPEST, parseJson } from '../json';
import { EnvelopeError } from './envelope-error';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = /^(application|text)\/([a-z0-9.+-]+\+)?json$/;

/**
 * The bytes of a body as the value that they spell: JSON under its own name or as text, or a form as an object.
 *
 * @throws EnvelopeError for an empty body, other types and charsets, invalid encoding, malformed or too deep JSON
 */
export function readBody(bytes: Uint8Array, contentType: string | undefined): unknown {
  const type = mediaType(contentType);
  const text = decode(bytes, type?.params.get('charset') ?? 'utf-8');
  if (text.trim() === '')
    throw new EnvelopeError('EMPTY_BODY', 'The body is empty. Send the records as JSON, such as {"data":[{"id":"1"}]}');
  if (type?.essence === FORM) return readForm(text);
  return readJson(text);
}

/** Deluge's invokeurl sends JSON without a content type, or as text/plain. */
function mediaType(contentType: string | undefined): MIMEType | null {
  if (contentType === undefined || contentType.trim() === '') return null;
  const type = tryMimeType(contentType);
  if (type && (type.essence === FORM || type.essence === 'text/plain' || JSON_TYPE.test(type.essence))) return type;
  throw new EnvelopeError(
    'UNSUPPORTED_MEDIA_TYPE',
    `The content type is not read here. Send application/json, text/plain that holds JSON, or ${FORM}`,
  );
}

function tryMimeType(contentType: string): MIMEType | null {
  try {
    return new MIMEType(contentType);
  } catch (error) {
    if (codeOf(error) === 'ERR_INVALID_MIME_SYNTAX') return null;
    throw error;
  }
}

/** ASCII is part of UTF-8; the standard's table would read its label as windows-1252. */
function decode(bytes: Uint8Array, charset: string): string {
  const label = /^(us-)?ascii$/i.test(charset) ? 'utf-8' : charset;
  const decoder = tryDecoder(label);
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new EnvelopeError('INVALID_ENCODING', `The body is not valid ${decoder.encoding.toUpperCase()}`);
    throw error;
  }
}

function tryDecoder(label: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (error) {
    if (codeOf(error) === 'ERR_ENCODING_NOT_SUPPORTED')
      throw new EnvelopeError('UNSUPPORTED_MEDIA_TYPE', 'The charset is not read here. Send UTF-8');
    throw error;
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

function readJson(text: string): unknown {
  const json = parseJson(text);
  if (json.ok) return json.value;
  if (json.problem === 'too-deep')
    throw new EnvelopeError('TOO_DEEP', `The JSON is nested deeper than ${DEEPEST} levels`);
  throw new EnvelopeError('MALFORMED_JSON', `The body is not valid JSON: line ${json.line}, column ${json.column}`);
}

/** One field of the form for each field of Zoho, or `data` or `records` holding JSON. A name given twice counts last. */
function readForm(text: string): unknown {
  const fields: [string, unknown][] = text
    .trim()
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals === -1 ? pair : pair.slice(0, equals);
      return [decodeFormText(name), equals === -1 ? '' : decodeFormText(pair.slice(equals + 1))];
    });
  const form = Object.fromEntries(fields);
  for (const name of ['data', 'records', 'ids']) {
    const value = form[name];
    if (typeof value === 'string' && value.trim() !== '')
      form[name] = name === 'ids' && !/^\s*\[/.test(value) ? value.split(',') : readJson(value);
  }
  return form;
}

/** Percent-encoded bytes may spell invalid UTF-8, which the standard's own form parser would replace in silence. */
function decodeFormText(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  const bytes = Buffer.from(spaced).toString('latin1');
  const decoded = bytes.replace(/%([0-9a-f]{2})/gi, (_encoded, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decode(Buffer.from(decoded, 'latin1'), 'utf-8');
}
