/** For `toThrow`: an error of ours with this code. */
export const code = (name: string) =>
  expect.objectContaining({ code: `ERR_ALLOMORPH_${name}` }) as unknown as Error;
