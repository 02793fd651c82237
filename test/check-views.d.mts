export function typescriptOf(name: string, source: string): string;
export function writeViews(): void;
