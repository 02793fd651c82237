export const callbacks = {
  title: '',
};
