const TIMEOUT_MS = 20_000;

/** Downloads the release tarball from upstream's release page. */
export async function upstreamTarball(release) {
  try {
    const response = await fetch(release.url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    // fetch says only "fetch failed"; the reason (name resolution, certificate, refusal) is in the cause.
    const reason = error.cause?.message || error.cause?.code || error.message;
    throw new Error(`${release.url}: ${reason}`, { cause: error });
  }
}
