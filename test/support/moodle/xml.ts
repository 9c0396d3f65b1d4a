import type { MoodleException } from './exceptions';

const HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n';

export const responseXml = (value: unknown): string => `${HEAD}<RESPONSE>\n${node(value)}</RESPONSE>\n`;

export const exceptionXml = ({ exception, errorcode = '', message }: MoodleException): string =>
  `${HEAD}<EXCEPTION class="${escape(exception)}">\n<ERRORCODE>${escape(errorcode)}</ERRORCODE>\n<MESSAGE>${escape(message)}</MESSAGE>\n</EXCEPTION>\n`;

function node(value: unknown): string {
  if (value === null || value === undefined) return '<VALUE null="null"/>\n';
  if (Array.isArray(value)) return `<MULTIPLE>\n${value.map(node).join('')}</MULTIPLE>\n`;
  if (typeof value === 'object') {
    const keys = Object.entries(value).map(([key, inner]) => `<KEY name="${escape(key)}">${node(inner)}</KEY>\n`);
    return `<SINGLE>\n${keys.join('')}</SINGLE>\n`;
  }
  return `<VALUE>${escape(typeof value === 'string' ? value : JSON.stringify(asNumber(value)))}</VALUE>\n`;
}

const asNumber = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
