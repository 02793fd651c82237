/** The QR plate at every building and exclusive grid: one live code each; what a scan proves is nothing but the place. */
export const plateStates = ['fine', 'damaged', 'missing'] as const;
export type PlateState = (typeof plateStates)[number];

/** Characters of a code (80 random bits) and of its signature, in base32. */
export const code_length = 16;
export const signature_length = 8;

/** What stands in a plate's link after /q/: the code, a dot, its signature. */
export const plateLink = /^([a-z2-7]{16})\.([a-z2-7]{8})$/;
