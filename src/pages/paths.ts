export { PREFERENCES_PATH } from '../layout/way-back.ts';

/** Where the pages are, below what stands in front of every address. */
export const taskPath = (id: string): string => `/tasks/${id}`;
export const yearPath = (id: string): string => `/planning-years/${id}`;
export const ADDRESSES_PATH = '/refused-addresses';
export const addressPath = (id: string): string => `${ADDRESSES_PATH}/${id}`;
