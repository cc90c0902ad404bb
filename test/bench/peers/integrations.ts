/** An integration as Hubster returns it; about 600 bytes when masked. */
export function integrationOf(integrationId: string): object {
  return {
    integrationId,
    hubId: HUB,
    inboundId: 'AC1fc1c1722444b0c6313d3ae988b00000',
    integrationTypeId: 'Customer',
    channelId: 'TwilioSMS',
    name: `Support line ${integrationId}`,
    statusId: 3000,
    configuration: {
      accountSid: 'AC1fc1c1722444b0c6313d3ae988b00000',
      authToken: 'cb8c5367c3c4586ecb589e2557000000',
      numberSid: 'PN667435536f4d1cefdf054abf990000',
      phoneNumber: '+16476960000',
      capabilities: { mms: true, sms: true, voice: true },
    },
  };
}

export const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

/** The `index`-th id. */
export const idOf = (index: number): string => `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;

/** The ids of `idOf` as a format for the scripts of wrk. */
export const ID_FORMAT = '00000000-0000-4000-8000-%012x';

/** A page of `size` integrations; 50 make about 30 KB. */
export function pageOf(size: number): object {
  return {
    pageNumber: 0,
    pageSize: size,
    total: size,
    results: Array.from({ length: size }, (_, index) => integrationOf(idOf(index))),
  };
}
