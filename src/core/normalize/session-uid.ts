/** The session that a principal makes with its credential, either of which may not be known. */
export const sessionUidOf = (
  principalId: string | undefined,
  credentialUid: string | undefined,
): string | undefined =>
  principalId !== undefined && credentialUid !== undefined
    ? `${principalId}/${credentialUid}`
    : (principalId ?? credentialUid);
