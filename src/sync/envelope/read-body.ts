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
  const where = json.place ? `: line ${json.place.line}, column ${json.place.column}` : '';
  throw new EnvelopeError('MALFORMED_JSON', `The body is not valid JSON${where}`);
}

/** Zoho's modules have some hundred fields. */
const MOST_FORM_FIELDS = 10_000;

/** One field of the form for each field of Zoho, or `data` or `records` holding JSON. A name given twice counts last. */
function readForm(text: string): unknown {
  const form: Record<string, unknown> = Object.fromEntries(formFields(text.trim()));
  for (const name of ['data', 'records']) {
    const value = form[name];
    if (typeof value === 'string' && value.trim() !== '') form[name] = readJson(value);
  }
  return form;
}

function formFields(text: string): [string, string][] {
  const fields: [string, string][] = [];
  for (let from = 0; from < text.length;) {
    const ampersand = text.indexOf('&', from);
    const end = ampersand === -1 ? text.length : ampersand;
    if (end > from) fields.push(formField(text.slice(from, end)));
    if (fields.length > MOST_FORM_FIELDS) {
      throw new EnvelopeError('TOO_MANY_FIELDS', `The form has more than ${MOST_FORM_FIELDS} fields`);
    }
    from = end + 1;
  }
  return fields;
}

function formField(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  if (equals === -1) return [decodeFormText(pair), ''];
  return [decodeFormText(pair.slice(0, equals)), decodeFormText(pair.slice(equals + 1))];
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
