"""Small areas: models that borrow strength where a survey is too thin to speak."""
