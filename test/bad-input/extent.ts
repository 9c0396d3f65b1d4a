/** How many cases are generated: `npm run test:bad-input` asks for many more. */
export const CASES = Number(process.env['BAD_INPUT_CASES'] ?? 1_500);

export const isWhole = CASES >= 20_000;
