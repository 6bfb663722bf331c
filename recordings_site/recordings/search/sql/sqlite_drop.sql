DROP TRIGGER recordings_search_forget;
DROP TABLE recordings_search_line;
DROP TABLE recordings_search_recording;
