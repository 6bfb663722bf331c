"""Files of audio as they are: what kind they are of. Plain Python; it knows neither recordings nor stores."""
