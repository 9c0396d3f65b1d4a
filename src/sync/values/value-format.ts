/** How a tenant's Zoho spells dates and numbers. */
export interface ValueFormat {
  /** formats beside ISO, in the order in which they are tried, in the letters of Unicode's date patterns: `dd/MM/yyyy` */
  readonly dateFormats: readonly string[];
  /** the zone of a time without an offset: an IANA name */
  readonly zone: string;
  /** `1.299,00` instead of `1,299.00` */
  readonly decimalComma: boolean;
}

export const DEFAULT_FORMAT: ValueFormat = { dateFormats: [], zone: 'UTC', decimalComma: false };
