export const party = {
  title: '',
};
