// The report's print button, which only a browser with scripts can offer.

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());
