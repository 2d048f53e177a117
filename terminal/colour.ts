/** See https://no-color.org */
const isColourful = () => process.stdout.isTTY === true && !process.env.NO_COLOR;

const colour = (code: number) => (text: string) => (isColourful() ? `\u001b[${code}m${text}\u001b[0m` : text);

export const red = colour(31);
export const green = colour(32);
export const yellow = colour(33);
