/** Stands beside what was found before more was asked for. @param what `These reasons` */
export function Earlier({ what }: { readonly what: string }) {
  return (
    <p class="so-far">
      {what} are of before more seeds or methods were asked for; they are written anew when the comparison is
      complete.
    </p>
  );
}
