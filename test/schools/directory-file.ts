/** A directory file as large as a whole state's, with the same traits: letters, blanks, commas. */
export const HEADER =
  'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';

export function directoryFile(schools = 3827, districts = 864): string[][] {
  return Array.from({ length: schools }, (_, at) => {
    const district = at % districts;
    const letter = district % 40 === 0 ? 'A' : '0';
    const number = String(district).padStart(3, '0');
    const school = String(Math.floor(at / districts)).padStart(3, '0');
    return [
      `90-${String(district % 120).padStart(3, '0')}-${number}${letter}-26-${at % 50 === 0 ? 'C' : '2'}${school}`,
      at % 97 === 0 ? `O'Hara "North" School, ${at}` : `School ${at}`,
      `District ${district}`,
      `City ${district % 500}`,
      `County ${district % 102}`,
      at % 3 === 0 ? 'High School' : 'Elementary School',
      at === 7 ? '' : 'PK - 6',
      at === 11 || at === 12 ? '' : String((at * 37) % 4800),
    ];
  });
}

export const csvOf = (rows: string[][], newline = '\n'): string =>
  [HEADER, ...rows.map((row) => row.map(quoted).join(','))].join(newline) + newline;

const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
